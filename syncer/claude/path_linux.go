package claude

// normalise leaves a path alone: names are bytes here, and Claude Code for Linux takes them as they are.
func normalise(path string) string { return path }
