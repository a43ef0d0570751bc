//! The story every engine has to tell.
