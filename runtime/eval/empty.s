// Without an assembly file the compiler asks for the bodies of functions that the
// linker finds elsewhere, as genValue.
