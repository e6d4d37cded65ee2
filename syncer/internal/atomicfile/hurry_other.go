//go:build !linux

package atomicfile

import "os"

// startWriting does nothing: only Linux can be asked to begin writing without being waited for.
func startWriting(*os.File) {}
