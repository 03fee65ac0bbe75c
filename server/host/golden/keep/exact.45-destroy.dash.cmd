zfs
destroy
--
k/-dash@-s
