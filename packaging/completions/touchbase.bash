# bash completion for touchbase: what the installed program itself says, asked at the first use in a shell.
eval "$(touchbase completions bash)"
