package claude

// normalise returns the Unicode form in which Claude Code for macOS names a path: NFC, because Finder and
// older file systems hand out NFD.
func normalise(path string) string { return composed(path) }
