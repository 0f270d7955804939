//! Enums of AWS: known values, and whatever AWS adds tomorrow.

/// Declares an enum by the words that AWS sends. A word that is not in the list is `Other`, and never an error.
macro_rules! open_enum {
    ($(#[$about:meta])* $name:ident { $($variant:ident = $word:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $(#[doc = concat!("`", $word, "`.")] $variant,)+
            /// A word that nobody knew when this was written.
            Other(String),
        }

        impl $name {
            /// Every value that a label can have.
            pub const LABELS: &'static [&'static str] = &[$($word,)+ "other"];

            /// For labels: AWS's word where it is known, else `other`, so that the values of a label stay bounded.
            #[must_use]
            pub fn label(&self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                    Self::Other(_) => "other",
                }
            }

            /// AWS's word, known or not. For logs.
            #[must_use]
            pub fn word(&self) -> &str {
                match self {
                    Self::Other(word) => word,
                    known => known.label(),
                }
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                match word {
                    $($word => Self::$variant,)+
                    _ => Self::Other(word.to_owned()),
                }
            }
        }
    };
}

pub(super) use open_enum;
