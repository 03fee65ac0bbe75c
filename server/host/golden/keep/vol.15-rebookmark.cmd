zfs
bookmark
k/vm/d1@old1
k/vm/d1#bm-old1
