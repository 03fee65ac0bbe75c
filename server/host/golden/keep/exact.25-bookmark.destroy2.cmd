zfs
destroy
k/x#bm
