package stamp

import "io/fs"

// beside returns zeros: Windows reports more than size and time only for an open file.
func beside(fs.FileInfo) (changed int64, inode uint64) { return 0, 0 }
