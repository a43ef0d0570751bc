//! Bytes to [`Mail`](super::Mail): the only file that names `mail_parser`.
