zfs
destroy
-nvp
k/x@b,c,d,e
