package claude

// foldCase: APFS and HFS+ ignore case unless formatted otherwise, and Claude Code assumes so.
const foldCase = true

// normalise returns the Unicode form in which Claude Code for macOS names a path: NFC, because Finder and
// older file systems hand out NFD.
func normalise(path string) string { return composed(path) }
