//! The database: connections, migrations, one file of queries per noun.
