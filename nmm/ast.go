package nmm

// kind says what a node of the syntax tree is.
type kind int

const (
	numberExpr     kind = iota // value, with unit if not empty
	nameExpr                   // text
	callExpr                   // text is the function, args its arguments
	sumExpr                    // args[0] + args[1]
	differenceExpr             // args[0] - args[1]
	productExpr                // args[0] * args[1]
	ratioExpr                  // args[0] / args[1]
	powerExpr                  // args[0] ^ args[1]
	negateExpr                 // -args[0]
	compareExpr                // args[0] text args[1], text is < or <=
	listExpr                   // [args…], of which indices choose one
)

// expr is a node of the syntax tree.
type expr struct {
	kind  kind
	at    place
	value float64
	unit  string
	text  string
	args  []*expr

	indices []*expr // of xi[k], xi[1], [1, 2][k]: names and numbers; gone once modes are expanded
}

// place is a position in the text: line and column from 1.
type place struct{ line, column int }

// equation is one line "dx/dt = right : unit", "x(t + dt) = right : unit" or
// "y = right : unit".
type equation struct {
	name       string
	derivative bool // of a state: dx/dt
	next       bool // of a state: x(t + dt)
	unit       string
	at, unitAt place
	right      *expr
	indices    []*expr // of the left side
}

// state tells whether the equation is that of a state, rather than an algebraic line.
func (e equation) state() bool { return e.derivative || e.next }

// source is a text with the model's name, for error messages.
type source struct {
	model string
	lines []string
}

// errorAt says that something is wrong at a place of the text.
func (s *source) errorAt(at place, problem string) error {
	return s.wrapAt(at, problem, nil)
}

// wrapAt is errorAt with the error that caused it.
func (s *source) wrapAt(at place, problem string, cause error) error {
	e := &EquationError{Model: s.model, Line: at.line, Column: at.column, Problem: problem, Cause: cause}
	if cause != nil {
		e.Problem += cause.Error()
	}
	if at.line >= 1 && at.line <= len(s.lines) {
		e.Text = s.lines[at.line-1]
	}
	return e
}

// walk calls visit on e and everything below it.
func (e *expr) walk(visit func(*expr)) {
	visit(e)
	for _, a := range e.args {
		a.walk(visit)
	}
}
