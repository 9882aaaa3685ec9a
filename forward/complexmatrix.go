package forward

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// complexMatrix is the square matrix re + i im; im nil: a real matrix. (gonum has no
// algebra of complex matrices.) Its operations return new matrices.
type complexMatrix struct{ re, im *mat.Dense }

// complexOf views an array of shape (n, n), real, or (2, n, n), real and imaginary part.
func complexOf(a Array) complexMatrix {
	if len(a.Shape) == 2 {
		return complexMatrix{re: dense(a)}
	}
	n := a.Shape[1]
	return complexMatrix{mat.NewDense(n, n, a.Data[:n*n]), mat.NewDense(n, n, a.Data[n*n:])}
}

// write copies m into an array of its shape.
func (m complexMatrix) write(out Array) {
	to := complexOf(out)
	to.re.Copy(m.re)
	if m.im != nil {
		to.im.Copy(m.im)
	}
}

func (m complexMatrix) size() int { n, _ := m.re.Dims(); return n }

// adjoint is the conjugate transpose.
func (m complexMatrix) adjoint() complexMatrix {
	out := complexMatrix{re: mat.DenseCopyOf(m.re.T())}
	if m.im != nil {
		out.im = mat.DenseCopyOf(m.im.T())
		out.im.Scale(-1, out.im)
	}
	return out
}

// times is the matrix product, for complex ones by three real products:
// with P = AC, R = BD, (A+iB)(C+iD) = P−R + i((A+B)(C+D) − P − R).
func (m complexMatrix) times(o complexMatrix) complexMatrix {
	p := new(mat.Dense)
	p.Mul(m.re, o.re)
	if m.im == nil {
		return complexMatrix{re: p}
	}
	var r, a, c mat.Dense
	r.Mul(m.im, o.im)
	a.Add(m.re, m.im)
	c.Add(o.re, o.im)
	im := new(mat.Dense)
	im.Mul(&a, &c)
	im.Sub(im, p)
	im.Sub(im, &r)
	p.Sub(p, &r)
	return complexMatrix{p, im}
}

func (m complexMatrix) plus(o complexMatrix) complexMatrix {
	out := complexMatrix{re: new(mat.Dense)}
	out.re.Add(m.re, o.re)
	if m.im != nil {
		out.im = new(mat.Dense)
		out.im.Add(m.im, o.im)
	}
	return out
}

func (m complexMatrix) scaled(k float64) complexMatrix {
	out := complexMatrix{re: new(mat.Dense)}
	out.re.Scale(k, m.re)
	if m.im != nil {
		out.im = new(mat.Dense)
		out.im.Scale(k, m.im)
	}
	return out
}

// plusIdentity is m + k.
func (m complexMatrix) plusIdentity(k float64) complexMatrix {
	out := complexMatrix{mat.DenseCopyOf(m.re), m.im}
	for i := 0; i < m.size(); i++ {
		out.re.Set(i, i, m.re.At(i, i)+k)
	}
	return out
}

// frobenius is √Σ|m_ij|².
func (m complexMatrix) frobenius() float64 {
	if m.im == nil {
		return mat.Norm(m.re, 2)
	}
	return math.Hypot(mat.Norm(m.re, 2), mat.Norm(m.im, 2))
}

// columnNorm is at least the largest column sum of |m_ij|, and at most twice that.
func (m complexMatrix) columnNorm() float64 {
	if m.im == nil {
		return mat.Norm(m.re, 1)
	}
	return mat.Norm(m.re, 1) + mat.Norm(m.im, 1)
}

// real is the matrix that m is on the real parts above the imaginary parts.
func (m complexMatrix) real() *mat.Dense {
	if m.im == nil {
		return m.re
	}
	n := m.size()
	r := mat.NewDense(2*n, 2*n, nil)
	r.Slice(0, n, 0, n).(*mat.Dense).Copy(m.re)
	r.Slice(n, 2*n, n, 2*n).(*mat.Dense).Copy(m.re)
	r.Slice(n, 2*n, 0, n).(*mat.Dense).Copy(m.im)
	r.Slice(0, n, n, 2*n).(*mat.Dense).Scale(-1, m.im)
	return r
}

// inverse is false for a matrix that is singular to working precision.
func (m complexMatrix) inverse() (complexMatrix, bool) {
	n := m.size()
	full := m.real()
	rows, _ := full.Dims()
	right := mat.NewDense(rows, n, nil) // the columns of 1
	for i := 0; i < n; i++ {
		right.Set(i, i, 1)
	}
	var x mat.Dense
	if err := x.Solve(full, right); err != nil {
		return complexMatrix{}, false
	}
	if m.im == nil {
		return complexMatrix{re: &x}, true
	}
	return complexMatrix{mat.DenseCopyOf(x.Slice(0, n, 0, n)), mat.DenseCopyOf(x.Slice(n, 2*n, 0, n))}, true
}
