package vm

// opcode is what a value computes or an instruction does.
type opcode uint8

const (
	opInput opcode = iota
	opConst        // one number
	opData         // a constant vector or matrix
	opAccum        // an accumulator, as the epilogue reads it
	opAdd
	opSub
	opMul
	opDiv
	opAtLeast // of a value and a bound: max, but not a number where the value is none
	opAtMost
	opNeg
	opSquare
	opFused // a chain of those above in one loop, or a choice
	opPow
	opCube
	opSqrt
	opAbs
	opFunc     // one of kernel.Functions or a user's function, applied to every element
	opPair     // a function of two numbers, applied to every pair of elements
	opSelectLT // arguments l r p q: p where l < r, else q
	opSelectLE
	opSum
	opMatVec
	opMatVecT
	opBroadcast
	opSpread // of a tile: the scalar of each lane as every element of the lane
	opCopy
	opForeign // an op without a kernel: its own Do
)

// opNames are the names in listings.
var opNames = [...]string{
	opAtLeast: "at least", opAtMost: "at most",
	opInput: "input", opConst: "const", opData: "data", opAccum: "accumulator",
	opAdd: "add", opSub: "sub", opMul: "mul", opDiv: "div", opNeg: "neg",
	opSquare: "square", opFused: "", opPow: "pow", opCube: "cube", opSqrt: "sqrt",
	opAbs: "abs", opFunc: "map", opPair: "map",
	opSelectLT: "select<", opSelectLE: "select<=", opSum: "sum",
	opMatVec: "matvec", opMatVecT: "matvecT", opBroadcast: "broadcast", opSpread: "spread", opCopy: "copy",
	opForeign: "do",
}

func (o opcode) String() string { return opNames[o] }

// unaryNames maps Gorgonia's names of elementwise functions that have a loop of
// their own to opcodes; the others are looked up in kernel.Functions.
var unaryNames = map[string]opcode{
	"neg": opNeg, "square": opSquare, "cube": opCube, "sqrt": opSqrt, "abs": opAbs,
}

// binaryNames maps the symbol that starts the name of Gorgonia's elementwise
// binary ops ("+ false") to opcodes.
var binaryNames = map[string]opcode{
	"+": opAdd, "-": opSub, "⊙": opMul, "÷": opDiv, "^": opPow,
}

// leaf ops have a register without being computed.
func (o opcode) leaf() bool { return o <= opAccum }

// arithmetic ops are what fused loops are made of.
func (o opcode) arithmetic() bool { return o >= opAdd && o <= opSquare }

// elementwise ops may write over an operand.
func (o opcode) elementwise() bool { return o >= opAdd && o <= opSelectLE }

// pairs are the ops of two operands without loops for scalars beside vectors.
func (o opcode) pairs() bool { return o == opPow || o == opPair }

// choice ops have loops for every mixture of vectors and scalars.
func (o opcode) choice() bool { return o == opSelectLT || o == opSelectLE }
