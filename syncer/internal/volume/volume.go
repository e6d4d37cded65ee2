// Package volume tells what is peculiar to the file system that a file or a folder lies on.
//
// It knows only the peculiarities that the rest of the program has to heed, and it takes a file system that it does not
// know for one without any.
package volume

// Volume is what is peculiar to a file system. The zero Volume is an ordinary one.
type Volume struct {
	// LateEntry says that a rename does not write where the file's content lies, so that a file is durable only after
	// another sync.
	LateEntry bool
	// Longest is the size of the longest file that it takes; 0 if no session reaches that.
	Longest int64
	// Renumbers says that a file may have another inode number at every mount, or when the system forgot the file for
	// a while.
	Renumbers bool
}

// fat is FAT12, FAT16 or FAT32, which store a file's length in 32 bits and no inode numbers.
func fat() Volume { return Volume{LateEntry: true, Longest: 1<<32 - 1, Renumbers: true} }
