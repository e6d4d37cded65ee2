package main

import (
	"fmt"
	"maps"
)

// pictures is every file of the icons folder that is drawn, by its path there.
func pictures() (map[string][]byte, error) {
	all := make(map[string][]byte)
	for _, part := range []func() (map[string][]byte, error){panels, templates, windows, app} {
		files, err := part()
		if err != nil {
			return nil, err
		}
		maps.Copy(all, files)
	}
	return all, nil
}

// panels are the states for Linux panels: at twice the usual size, from which they scale.
func panels() (map[string][]byte, error) {
	files := make(map[string][]byte)
	for _, l := range looks() {
		if err := add(files, "png/"+l.name+".png", panelScene(l, 32), 32); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// templates are the states for the macOS menu bar: 18 points, at double density.
func templates() (map[string][]byte, error) {
	files := make(map[string][]byte)
	for _, l := range looks() {
		if err := add(files, "template/"+l.name+".png", flatScene(l, black()), 36); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// windows are the states for the notification area, whose icons come in steps of the screen's scaling.
func windows() (map[string][]byte, error) {
	sizes := []int{16, 20, 24, 32, 48, 64}
	files := make(map[string][]byte)
	for _, l := range looks() {
		bySize := make(map[int][]byte)
		for _, size := range sizes {
			if err := add(bySize, size, panelScene(l, size), size); err != nil {
				return nil, err
			}
		}
		files["ico/"+l.name+".ico"] = encodeICO(bySize, sizes...)
	}
	return files, nil
}

// app is the application's icon for packages: freedesktop's hicolor tree, Windows and macOS.
func app() (map[string][]byte, error) {
	files := map[string][]byte{
		"app/hicolor/scalable/apps/claude-sync.svg": encodeSVG(appScene(units)),
	}
	tiles, err := drawn(appAt, 16, 24, 32, 48, 64, 128, 256, 512)
	if err != nil {
		return nil, err
	}
	for size, b := range tiles {
		files[fmt.Sprintf("app/hicolor/%dx%d/apps/claude-sync.png", size, size)] = b
	}
	files["app/claude-sync.ico"] = encodeICO(tiles, 16, 24, 32, 48, 64, 256)
	mac, err := drawn(macAt, 16, 32, 64, 128, 256, 512, 1024)
	if err != nil {
		return nil, err
	}
	files["app/claude-sync.icns"] = encodeICNS(mac)
	return files, nil
}

func appAt(size int) scene {
	if size <= 24 {
		return smallAppScene()
	}
	return appScene(size)
}

func macAt(size int) scene {
	if size <= 24 {
		return smallAppScene()
	}
	return macScene(size)
}

// drawn is a picture at several sizes, as PNG by size. From 64 pixels on snapping would only distort.
func drawn(at func(size int) scene, sizes ...int) (map[int][]byte, error) {
	bySize := make(map[int][]byte)
	for _, size := range sizes {
		b, err := encodePNG(at(size).render(size, size < 64))
		if err != nil {
			return nil, fmt.Errorf("drawing %d pixels: %v", size, err)
		}
		bySize[size] = b
	}
	return bySize, nil
}

// add draws s, fitted to the pixels, into files.
func add[K comparable](files map[K][]byte, name K, s scene, size int) error {
	b, err := encodePNG(s.render(size, true))
	if err != nil {
		return fmt.Errorf("drawing %v: %v", name, err)
	}
	files[name] = b
	return nil
}
