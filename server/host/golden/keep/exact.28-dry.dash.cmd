zfs
destroy
-nvp
--
k/x@a
