# bash completion for touchbase: what the installed program itself says.
eval "$(touchbase completions bash)"
