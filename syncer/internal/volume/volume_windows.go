package volume

import (
	"os"
	"strings"

	"golang.org/x/sys/windows"
)

// Of returns what is peculiar to the file system of path; nothing if that cannot be found out.
func Of(path string) Volume {
	f, err := os.Open(path)
	if err != nil {
		return Volume{}
	}
	defer f.Close()
	return OfFile(f)
}

// OfFile is Of for an open file.
func OfFile(f *os.File) Volume {
	var name [windows.MAX_PATH + 1]uint16
	err := windows.GetVolumeInformationByHandle(windows.Handle(f.Fd()), nil, 0, nil, nil, nil, &name[0], uint32(len(name)))
	if err != nil {
		return Volume{}
	}
	return known(windows.UTF16ToString(name[:]))
}

// known has a row for each file system that is not ordinary. Whether exFAT's driver writes its entries late is not
// known, so it counts as one that does. No inode numbers are read on Windows.
func known(name string) Volume {
	switch {
	case name == "exFAT":
		return Volume{LateEntry: true}
	case strings.Contains(name, "FAT"):
		return fat()
	}
	return Volume{}
}
