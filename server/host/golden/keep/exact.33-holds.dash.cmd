zfs
holds
-Hp
--
k/x@dash
