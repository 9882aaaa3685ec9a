package kernel

//go:generate go run generate.go
//go:generate go run -C avo .

// Operands are what a loop works on: registers by reference, so that rebinding a
// register needs no change of code.
type Operands[T Float] struct {
	D          *[]T // destination
	A, B, C, E *[]T // operands; a scalar is a slice whose first element counts
	Rows, Cols int  // of the matrix A
}

// Loop runs one instruction.
type Loop[T Float] func(*Operands[T])

// Form finds the loop of a chain of elementwise arithmetic. The chain is written
// in reverse Polish notation with v for a vector and s for a scalar operand:
// "vs*v+" is d = a[i]*b + c[i]. Beside + - * / there are ~ and \ for subtraction
// and division with the operands exchanged, q for the square and n for the
// negative; ^ and _ keep a value at least or at most at the operand. "vssv<" is a choice: C where
// A < B, else E; ≤ likewise. It returns false for a chain that has no loop.
func Form(chain string) (int, bool) {
	i, ok := formIndex[chain]
	return i, ok
}

var formIndex = func() map[string]int {
	m := make(map[string]int, len(formNames))
	for i, f := range formNames {
		m[f] = i
	}
	return m
}()

// Vectorised reports whether a form's loop is assembly in this process.
func Vectorised(form int) bool { return vectorEntry[form] != 0 }

// FormName is the chain of a form.
func FormName(form int) string { return formNames[form] }

var (
	arithmetic32 = arithmetic[float32]()
	arithmetic64 = arithmetic[float64]()
)

// Arithmetic is the loop of a form.
func Arithmetic[T Float](form int) Loop[T] {
	var zero T
	switch _, float32s := any(zero).(float32); {
	case Vectorised(form):
		return func(o *Operands[T]) {
			check(form, o)
			once(form, o)
		}
	case float32s:
		return any(arithmetic32[form]).(Loop[T])
	default:
		return any(arithmetic64[form]).(Loop[T])
	}
}

func square[T Float](x T) T { return T(x * x) }

// atLeast is x, or the bound where x < bound.
func atLeast[T Float](x, bound T) T {
	if x < bound {
		return bound
	}
	return x
}

// atMost is x, or the bound where bound < x.
func atMost[T Float](x, bound T) T {
	if bound < x {
		return bound
	}
	return x
}
