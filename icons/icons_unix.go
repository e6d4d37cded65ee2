//go:build unix && !darwin

package icons

import "embed"

//go:embed png/*.png
var pictures embed.FS

// forTray gives 32 pixels: panels scale down well, and the tray library sends one size only.
func forTray(s State) Icon {
	b, err := pictures.ReadFile("png/" + s.file() + ".png")
	if err != nil {
		return Icon{Bytes: app} // cannot happen: a test reads every one
	}
	return Icon{Bytes: b}
}
