zfs
hold
--
-tag
k/x@dash
