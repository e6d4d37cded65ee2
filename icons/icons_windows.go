package icons

import "embed"

//go:embed ico/*.ico
var pictures embed.FS

// forTray gives an ICO, from which Windows takes the size that its scaling asks for. A PNG would be an
// invisible icon.
func forTray(s State) Icon {
	b, err := pictures.ReadFile("ico/" + s.file() + ".ico")
	if err != nil {
		return Icon{Bytes: app} // cannot happen: a test reads every one
	}
	return Icon{Bytes: b}
}
