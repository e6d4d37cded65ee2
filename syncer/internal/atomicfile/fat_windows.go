package atomicfile

import (
	"os"
	"strings"

	"golang.org/x/sys/windows"
)

// onFAT reports whether f is on FAT12, FAT16, FAT32 or exFAT.
func onFAT(f *os.File) bool {
	var name [windows.MAX_PATH + 1]uint16
	err := windows.GetVolumeInformationByHandle(windows.Handle(f.Fd()), nil, 0, nil, nil, nil, &name[0], uint32(len(name)))
	return err == nil && strings.Contains(windows.UTF16ToString(name[:]), "FAT")
}
