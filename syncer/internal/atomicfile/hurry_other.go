//go:build !linux

package atomicfile

import "os"

// startWriting does nothing: only Linux can start the write-back without waiting for its end.
func startWriting(*os.File) {}
