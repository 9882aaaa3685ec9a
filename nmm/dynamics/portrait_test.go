package dynamics

import (
	"image"
	"image/color"
	"testing"

	"github.com/euryale-ml/euryale/nmm"
)

func TestPortrait(t *testing.T) {
	// The nullclines of FitzHugh-Nagumo are a cubic and a line.
	s := system(t, nmm.FitzHughNagumo())
	p, err := s.Portrait(t.Context(), Plane{XRange: [2]float64{-0.6, 1.6}, YRange: [2]float64{-2, 2}, Points: 61})
	if err != nil {
		t.Fatal(err)
	}
	get := func(name string) float64 {
		v, err := s.Get(name)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	alpha, beta, gamma, delta, epsilon := get("alpha"), get("beta"), get("gamma"), get("delta"), get("epsilon")
	for k, curve := range []func(v, w float64) float64{
		func(v, w float64) float64 { return -alpha*v*v*v + beta*v*v + gamma*v - w },
		func(v, w float64) float64 { return v - delta - epsilon*w },
	} {
		if len(p.Nullclines[k]) != 1 || len(p.Nullclines[k][0]) < 30 {
			t.Fatalf("nullcline %d has %d pieces, expected one long one", k, len(p.Nullclines[k]))
		}
		for _, q := range p.Nullclines[k][0] {
			near(t, "nullcline", curve(q[0], q[1]), 0, 1e-9)
		}
	}
	if len(p.FixedPoints) == 0 {
		t.Error("no fixed point was found where the nullclines cross")
	}
}

func TestPictures(t *testing.T) {
	s := system(t, nmm.MontbrioPazoRoxin())
	b := continued(t, s, Continuation{Parameter: "eta", From: -10, To: 0, Start: fixedPoints(t, s)[0].State})
	h, err := s.Sweep(t.Context(), Sweep{Parameter: "eta", From: -7, To: -2, Values: 5, Settle: 20})
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.Portrait(t.Context(), Plane{Points: 31})
	if err != nil {
		t.Fatal(err)
	}
	for name, img := range map[string]interface{ Image() image.Image }{"branch": b, "sweep": h, "portrait": p} {
		picture := img.Image()
		colours := map[color.Color]int{}
		for x := picture.Bounds().Min.X; x < picture.Bounds().Max.X; x++ {
			for y := picture.Bounds().Min.Y; y < picture.Bounds().Max.Y; y++ {
				colours[picture.At(x, y)]++
			}
		}
		// Lines are smooth: only pixels in their middle have their very colour.
		if colours[blue] < 40 || colours[black] < 100 || colours[white] > 840*600*99/100 {
			t.Errorf("%s: expected lines and text, found %d blue, %d black and %d white pixels", name, colours[blue], colours[black], colours[white])
		}
	}
}
