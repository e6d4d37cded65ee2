package tray

func shellQuote(word string) string { return windowsQuote(word) }
