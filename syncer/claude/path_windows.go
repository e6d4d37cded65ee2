package claude

// normalise leaves a path alone: NTFS keeps the form it was given, and Claude Code for Windows takes it
// as it is.
func normalise(path string) string { return path }
