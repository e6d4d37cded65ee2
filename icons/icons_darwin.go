package icons

import "embed"

//go:embed template/*.png
var pictures embed.FS

// forTray returns a template picture of 36 pixels: the 18 points of the menu bar at double density.
func forTray(s State) Icon {
	b, err := pictures.ReadFile("template/" + s.file() + ".png")
	if err != nil {
		return Icon{Bytes: app} // cannot happen: a test reads every one
	}
	return Icon{Bytes: b, Template: true}
}
