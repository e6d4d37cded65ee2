package stamp

import "io/fs"

// beside knows nothing: Windows tells more than size and time only of a file that is opened.
func beside(fs.FileInfo) (changed int64, inode uint64) { return 0, 0 }
