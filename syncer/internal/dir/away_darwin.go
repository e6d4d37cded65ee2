package dir

import (
	"io/fs"
	"syscall"
)

// dataless is SF_DATALESS of <sys/stat.h>: File Provider (iCloud, Dropbox, OneDrive) has the content
// elsewhere, and reading would fetch it.
const dataless = 0x40000000

func away(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && st.Flags&dataless != 0
}
