//! Composition root: turns settings into each room's plain structs, spawns and
//! stops them. It alone knows every room.
