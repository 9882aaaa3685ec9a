# Makes the files of this folder: see README.md.
import h5py, numpy as np, os, sys
os.chdir(sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__)))
W = np.array([[0, 2, 0], [1, 0, 3], [0, 4, 0]], float)
L = np.array([[0, 10.5, 20], [30, 0, 40], [50, 60, 0]], float)
labels = ["a", "bcd", "long one"]
times = dict(track_times=False)

def tvb(f, **how):
    "The arrays of a connectivity of The Virtual Brain."
    f.create_dataset("weights", data=W, **how, **times)
    f.create_dataset("tract_lengths", data=L.astype("<f4"), **how, **times)
    f.create_dataset("region_labels", data=np.array(labels, "S8"), **times)
    f.create_dataset("centres", data=np.arange(9).reshape(3, 3) * 1.5, **how, **times)
    f.create_dataset("areas", data=np.array([1.0, 2, 3]), **times)
    f.create_dataset("cortical", data=np.array([True, False, True]), **times)
    f.create_dataset("hemispheres", data=np.array([False, False, True]), **times)
    f.attrs["Speed"] = 3.0

with h5py.File("tvb.h5", "w") as f:  # superblock 0, symbol tables, contiguous
    tvb(f)
with h5py.File("tvb_packed.h5", "w") as f:  # chunked with a B-tree, gzip and shuffle
    tvb(f, chunks=(2, 2), compression="gzip", shuffle=True)
with h5py.File("tvb_latest.h5", "w", libver="latest") as f:  # superblock 3, links, version 4 chunks: fixed array
    tvb(f, chunks=(2, 2), compression="gzip", fletcher32=True)
with h5py.File("kinds.h5", "w", libver="latest", userblock_size=1024) as f:
    d = f.create_dataset("data", data=np.array([[-3, -2, -1], [0, 1, 2]], ">i2"), maxshape=(None, 3), chunks=(1, 3), **times)  # extensible array
    f.create_dataset("tr_s", data=0.72, **times)
    f.create_dataset("unit", data="mV", **times)  # variable-length text
    f.create_dataset("labels", data=np.array(["a", "β", "long one"], object), dtype=h5py.string_dtype(), **times)
    g = f.create_group("group")
    count = lambda *shape, t="<f8": np.arange(np.prod(shape)).reshape(shape).astype(t)
    g.create_dataset("single", data=count(2, 3, t="<u4"), chunks=(2, 3), compression="gzip", **times)  # one chunk
    g.create_dataset("single_plain", data=count(2, 3, t="<u8"), chunks=(2, 3), **times)
    g.create_dataset("tree", data=count(5, 6), chunks=(2, 2), maxshape=(None, None), shuffle=True, compression="gzip", **times)  # B-tree 2
    g.create_dataset("tree_deep", data=count(1, 100, t="i1"), chunks=(1, 1), maxshape=(None, None), **times)
    g.create_dataset("ext", data=count(300, 2, t="<f4"), chunks=(1, 2), maxshape=(None, 2), **times)
    g.create_dataset("ext_second", data=count(4, 5, t="<f4"), chunks=(3, 2), maxshape=(7, None), fletcher32=True, **times)
    g.create_dataset("fixed", data=count(5, 6, t="<i8"), chunks=(3, 4), maxshape=(9, 10), fletcher32=True, **times)
    g.create_dataset("fixed_paged", data=count(1030, t="<i2"), chunks=(1,), **times)
    g.create_dataset("sparse", shape=(4, 4), dtype="f8", chunks=(2, 2), fillvalue=7, **times)[0:2, 2:4] = 1
    g.create_dataset("never", shape=(2, 2), dtype="<f8", fillvalue=2.5, **times)
    g.create_dataset("cube", data=count(3, 4, 5, t=">f8"), chunks=(2, 3, 2), shuffle=True, **times)
    g.create_dataset("sequences", data=np.array([np.arange(2), np.arange(3)], object), dtype=h5py.vlen_dtype("i4"), **times)
    g["soft"] = h5py.SoftLink("/data")
    for name, layout, early in [(b"implicit", h5py.h5d.CHUNKED, True), (b"compact", h5py.h5d.COMPACT, False)]:
        p = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        p.set_layout(layout); p.set_obj_track_times(False)
        if early:
            p.set_chunk((2, 2)); p.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        d = h5py.h5d.create(g.id, name, h5py.h5t.IEEE_F32BE, h5py.h5s.create_simple((4, 2)), p)
        d.write(h5py.h5s.ALL, h5py.h5s.ALL, np.arange(8.0).reshape(4, 2))
with h5py.File("beyond.h5", "w") as f:  # what is not read
    f.create_dataset("elsewhere", data=np.arange(3.0), external=[("elsewhere.bin", 0, 24)], **times)
    f["type"] = np.dtype("<f8")
    f.create_dataset("committed", data=np.arange(3.0), dtype=f["type"], **times)
    f.create_dataset("lzf", data=np.arange(100.0), chunks=(10,), compression="lzf", **times)
    f.create_dataset("half", data=np.array([1.5], "<f2"), **times)
    f.create_dataset("complex", data=np.array([1 + 2j]), **times)
    f.create_dataset("none", data=h5py.Empty("<f4"), **times)
    f.create_dataset("plain", data=1.0, **times)
    virtual = h5py.VirtualLayout((3, 3), "<f8")
    virtual[:] = h5py.VirtualSource("tvb.h5", "weights", (3, 3))
    f.create_virtual_dataset("virtual", virtual)
os.remove("elsewhere.bin")
p = h5py.h5p.create(h5py.h5p.FILE_CREATE)
p.set_sizes(4, 4)
with h5py.File(h5py.h5f.create(b"short.h5", h5py.h5f.ACC_TRUNC, p)) as f:
    f.create_dataset("plain", data=count(3, 3), **times)
    f.create_dataset("packed", data=count(5, 6), chunks=(2, 2), compression="gzip", **times)
    f.create_dataset("texts", data=["a", "bb", "c"], **times)
    f.create_dataset("g/x", data=1.5, **times)
with h5py.File("small.h5", "w", libver="latest") as f:  # for the fuzzer: a bit of all
    f.create_dataset("labels", data=np.array(["a", "β"], object), dtype=h5py.string_dtype(), **times)
    f.create_dataset("fixed", data=count(2, 3), chunks=(1, 3), shuffle=True, compression="gzip", fletcher32=True, **times)
    f.create_dataset("ext", data=count(7, 2, t="<f4"), chunks=(1, 2), maxshape=(None, 2), **times)
    f.create_dataset("tree", data=count(2, 2, t=">i2"), chunks=(1, 1), maxshape=(None, None), **times)
    f.create_dataset("one", data=count(2, 2, t="u1"), chunks=(2, 2), compression="gzip", **times)
    g = f.create_group("group")
    for k in range(9):
        g[f"link {k}"] = f["one"]
with h5py.File("groups.h5", "w", libver="latest") as f:  # many links: a fractal heap of several blocks
    d = f.create_dataset("group with a long name/first", data=np.full((1, 2), 7, "<i2"), **times)
    for k in range(150):
        f[f"group with a long name/another with an even longer name {k:03d}"] = d
with h5py.File("many.h5", "w") as f:  # many symbols, many attributes, chunks in a B-tree of two levels
    d = f.create_dataset("first", data=np.arange(100.0)[:, None].astype("i1"), chunks=(1, 1), **times)
    for k in range(300):
        f[f"a{k:03d}"] = d
    for k in range(30):
        d.attrs[f"attribute {k}"] = "x" * k

def matlab(name, write):
    "The layout of save -v7.3: a user block of 512 bytes, classes as attributes, cells as references."
    with h5py.File(name, "w", userblock_size=512) as f:
        write(f)
    text = b"MATLAB 7.3 MAT-file, Platform: GLNXA64, Created on: Mon Nov 23 07:00:00 2026 HDF5 schema 1.00 ."
    with open(name, "r+b") as f:
        f.write(text.ljust(116, b" ") + b"\0" * 8 + b"\x00\x02IM")

def put(f, name, x, cls, **attributes):
    d = f.create_dataset(name, data=x, **times, **({"chunks": True, "compression": "gzip", "compression_opts": 3} if np.size(x) > 4 and cls != "cell" else {}))
    d.attrs["MATLAB_class"] = np.bytes_(cls)
    for key, value in attributes.items():
        d.attrs[key] = value
    return d

def text(f, name, s):
    u = np.frombuffer(s.encode("utf-16-le"), "<u2").reshape(-1, 1)
    return put(f, name, u, "char", MATLAB_int_decode=np.int32(2))

def cells(f, name, refs):
    return put(f, name, np.array([[r.ref] for r in refs], h5py.ref_dtype), "cell")

def v73(f):
    refs = f.create_group("#refs#")
    put(f, "weights", W.T, "double")  # columns first
    put(f, "tract_lengths", L.T.astype("<f4"), "single")
    cells(f, "labels", [text(refs, k, s) for k, s in zip("bcd", labels)])
    put(f, "data", np.array([[-3, -2, -1], [0, 1, 2]], "<i2").T, "int16", MATLAB_int_decode=np.int32(2))
    put(f, "tr_s", np.array([[0.72]]), "double")
    text(f, "unit", "mV")
    rows = np.array([list(r) for r in ["ab  ", "cd  ", "efgh"]]).T
    put(f, "rows", np.vectorize(ord)(rows).astype("<u2"), "char", MATLAB_int_decode=np.int32(2))
    g = f.create_group("SUBJ"); g.attrs["MATLAB_class"] = np.bytes_("struct")
    put(g, "SC", np.array([[0, 1.5], [2.5, 0]]).T, "double")
    text(g, "name", "S1β")
    several = f.create_group("ALL"); several.attrs["MATLAB_class"] = np.bytes_("struct")  # 1 x 2
    several.create_dataset("SC", data=np.array([[put(refs, f"g{k}", np.full((2, 2), k), "double").ref] for k in (1, 2)], h5py.ref_dtype), **times)
    put(f, "empty", np.array([0, 0], "<u8"), "double", MATLAB_empty=np.uint8(1))
    put(f, "yes", np.array([[1], [0], [1]], "u1"), "logical", MATLAB_int_decode=np.int32(1))
    put(f, "z", np.array([[(1, 2)]], [("real", "<f8"), ("imag", "<f8")]), "double")
    cells(f, "cells", [put(refs, "e", np.eye(2), "double"), put(refs, "f", np.ones((3, 1)), "double")])
    s = f.create_group("sparse"); s.attrs["MATLAB_class"] = np.bytes_("double"); s.attrs["MATLAB_sparse"] = np.uint64(3)
    s.create_dataset("data", data=[1.0, 2, 4, 3], **times)
    s.create_dataset("ir", data=np.array([1, 0, 2, 1], "<u8"), **times)
    s.create_dataset("jc", data=np.array([0, 1, 3, 4], "<u8"), **times)

matlab("matlab.mat", v73)
import hdf5storage
if os.path.exists("hdf5storage.mat"): os.remove("hdf5storage.mat")
hdf5storage.savemat("hdf5storage.mat", {"weights": W, "tract_lengths": L, "labels": np.array(labels, object), "unit": "mV", "data": np.arange(6.0).reshape(2, 3)}, format="7.3", oned_as="row", store_python_metadata=False)

import scipy.io, scipy.sparse
for kind in ["csr", "csc", "coo"]:
    scipy.sparse.save_npz(f"scipy_{kind}.npz", scipy.sparse.csr_array(W).asformat(kind))
scipy.io.savemat("scipy_sparse.mat", {"weights": scipy.sparse.csc_array(W), "tract_lengths": L}, do_compression=True)

import nibabel
table = nibabel.gifti.GiftiLabelTable()
for key, name in [(0, "???"), (3, "bankssts"), (7, "insula & more"), (9, "unused")]:
    label = nibabel.gifti.GiftiLabel(key, 1, 0, 0, 1)
    label.label = name
    table.labels.append(label)
array = nibabel.gifti.GiftiDataArray(np.array([0, 3, 7, 3, -1, 5], "i4"), intent="NIFTI_INTENT_LABEL", datatype="NIFTI_TYPE_INT32", encoding="GIFTI_ENCODING_B64GZ")
nibabel.save(nibabel.gifti.GiftiImage(labeltable=table, darrays=[array]), "nibabel.label.gii")
