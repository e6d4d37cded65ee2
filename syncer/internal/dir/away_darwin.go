package dir

import (
	"io/fs"
	"syscall"
)

// dataless is SF_DATALESS of <sys/stat.h>: the content is only in the cloud of a File Provider (iCloud, Dropbox,
// OneDrive), and reading the file would download it.
const dataless = 0x40000000

func away(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && st.Flags&dataless != 0
}
