# fish completion for touchbase: what the installed program itself says.
touchbase completions fish | source
