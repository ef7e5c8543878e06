//! The configuration file: typed, validated values; secrets; errors with line and column.
