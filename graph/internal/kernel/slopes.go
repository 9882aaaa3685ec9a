package kernel

import "math"

// First derivatives of exprel and linoid: closed forms, and a polynomial where those
// cancel.

// exprelSlope is (e^x (x - 1) + 1)/x².
func exprelSlope(x float64) float64 {
	below := notAbove(x, furthest)
	near := notBelow(below, -660)
	s, head, rest := growth(near)
	e := s + float64(s*(head+rest))
	y := (float64(e*(near-1)) + unit) / below / (below * unit)
	if x > -1.75 && x < 1 {
		y = exprelSlopeNear(x)
	}
	return y
}

// exprelSlopeNear is exprel' for -1.75 < x < 1, to 2^-55.
func exprelSlopeNear(x float64) float64 {
	x += 0.375
	x2 := x * x
	x4 := x2 * x2
	a := 0x1.905501a9a718cp-2 + float64(x*0x1.0258ac3af6548p-2) + float64(x2*(0x1.7c06b513b0e96p-4+float64(x*0x1.9021184871961p-6)))
	b := 0x1.4a5e85a0f9c0dp-8 + float64(x*0x1.c1f3a4225eaf8p-11) + float64(x2*(0x1.0510c956c9b1ep-13+float64(x*0x1.081314fc3d306p-16)))
	c := 0x1.d9ac2171cd711p-20 + float64(x*0x1.7da6ee1ecff27p-23) + float64(x2*(0x1.1730f0f679090p-26+float64(x*0x1.761021dc8f408p-30)))
	d := 0x1.ce1a85f6b3d1fp-34 + float64(x*0x1.0944935374c8cp-37) + float64(x2*(0x1.2378ef69f35bfp-41+float64(x*0x1.1a1fbdffe430cp-45)))
	return a + float64(x4*(b+float64(x4*(c+float64(x4*d)))))
}

// linoidSlope is, with e = e^-|x|,
//
//	(1 - e - x e)/(1 - e)²     for x > 0
//	e (|x| - 1 + e)/(1 - e)²   for x < 0
func linoidSlope(x float64) float64 {
	a := notAbove(math.Abs(x), furthest)
	k, n := nearest(-a, 1023+64)
	head, rest := reduced(-a, 0, k)
	s := power(n)
	scaled := s + float64(s*(head+rest)) // e/unit
	e := float64(scaled * unit)
	d := 1 - e
	lost := (1 - d) - e
	y, scale := scaled*((a-1)+e), unit
	if x > 0 {
		y, scale = d-float64(a*e), 1
	}
	y = y / (float64(d*d) + float64(2*d*lost)) * scale
	if math.Abs(x) < 1.5 {
		y = linoidSlopeNear(x)
	}
	return y
}

// linoidSlopeNear is linoid' for |x| < 1.5: 1/2 + x/6 - …, to 2^-58.
func linoidSlopeNear(x float64) float64 {
	z := x * x
	z2 := z * z
	z4 := z2 * z2
	a := 0x1.5555555555555p-3 - float64(z*0x1.6c16c16c16bdep-8) + float64(z2*(0x1.a01a01a01376ap-13-float64(z*0x1.bbd7792e9f90cp-18)))
	b := 0x1.c0532dbab1edcp-23 - float64(z*0x1.b3c030a0134b2p-28) + float64(z2*(0x1.9bf41306083d5p-33-float64(z*0x1.7cb6415ca5d3ap-38)))
	c := 0x1.50637183c61b7p-43 - float64(z*0x1.cd77f5a7cdb2dp-49)
	return 0.5 + float64(x*(a+float64(z4*(b+float64(z4*c)))))
}
