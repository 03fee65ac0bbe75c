zfs
release
--
-tag
k/x@dash
