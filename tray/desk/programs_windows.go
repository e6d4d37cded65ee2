package desk

func shellQuote(word string) string { return windowsQuote(word) }
