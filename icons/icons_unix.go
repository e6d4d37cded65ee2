//go:build unix && !darwin

package icons

import "embed"

//go:embed png/*.png
var pictures embed.FS

// forTray gives 32 pixels: panels scale down well, and the tray library sends one size only.
func forTray(s State) Icon { return Icon{Bytes: PNG(s, 32, Unknown)} }
