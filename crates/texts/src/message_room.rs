//! The messages of a room as methods of [`Texts`](super::texts::Texts), each with its parameters. A key of a message
//! is the name of its method.

/// The messages of a room: those without parameters, and those with them.
pub(crate) struct RoomMessages {
    pub(crate) plain: &'static [&'static str],
    #[cfg(test)]
    pub(crate) with_values: &'static [(&'static str, &'static [&'static str])],
}

/// A room, by its place among all.
#[derive(Clone, Copy)]
pub(crate) enum Room {
    Boards,
    Figures,
    Frame,
    Gallery,
    QueuePage,
    Forecast,
    Rewind,
    Shift,
    SignIn,
    Account,
    Announcements,
    Screens,
    AgentPage,
    CaseList,
    Alerts,
    Errors,
    History,
    HistoryFigures,
    CallList,
    HistoryFiles,
    Sources,
    Imports,
    Server,
    Users,
    SetUp,
    Reports,
    Editing,
    QueueEdit,
    BoardEditor,
    FoundQueues,
    Playlists,
    AlertRule,
    Settings,
    TableEditor,
    AgentData,
    AlertMessages,
    FigureForm,
}

macro_rules! messages {
    (
        $room:ident
        plain { $($plain:ident)* }
        with_values { $($name:ident($($value:ident),+))* }
    ) => {
        pub(super) const MESSAGES: $crate::message_room::RoomMessages = $crate::message_room::RoomMessages {
            plain: &[$(stringify!($plain)),*],
            #[cfg(test)]
            with_values: &[$((stringify!($name), &[$(stringify!($value)),+])),*],
        };

        #[allow(non_camel_case_types, reason = "named after its message")]
        #[derive(Clone, Copy)]
        enum Plain { $($plain),* }

        impl $crate::texts::Texts {
            $(
                #[doc = concat!("The text of `", stringify!($plain), "`.")]
                pub fn $plain(&self) -> &str {
                    self.plain($crate::message_room::Room::$room, Plain::$plain as usize)
                }
            )*
            $(
                #[doc = concat!("Writes `", stringify!($name), "`.")]
                pub fn $name<'v>(
                    &self
                    $(, $value: impl Into<fluent_bundle::FluentValue<'v>>)+
                ) -> String {
                    self.write(stringify!($name), &[$((stringify!($value), $value.into())),+])
                }
            )*
        }
    };
}

pub(crate) use messages;
