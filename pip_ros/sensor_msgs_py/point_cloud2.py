"""Point clouds to and from NumPy arrays, as ROS 2's sensor_msgs_py.point_cloud2 does it."""

from __future__ import annotations

import array
from collections.abc import Iterable, Sequence
import sys
from typing import Any

import numpy as np
from numpy.lib import recfunctions
from numpy.typing import NDArray
from sensor_msgs.msg import PointCloud2, PointField
from std_msgs.msg import Header

__all__ = ['create_cloud', 'create_cloud_xyz32', 'dtype_from_fields', 'read_points',
           'read_points_numpy']

DUMMY_FIELD_PREFIX = 'unnamed_field'

_DTYPES: dict[int, np.dtype[Any]] = {
    PointField.INT8: np.dtype('i1'), PointField.UINT8: np.dtype('u1'),
    PointField.INT16: np.dtype('i2'), PointField.UINT16: np.dtype('u2'),
    PointField.INT32: np.dtype('i4'), PointField.UINT32: np.dtype('u4'),
    PointField.FLOAT32: np.dtype('f4'), PointField.FLOAT64: np.dtype('f8'),
}


def dtype_from_fields(
    fields: Iterable[PointField],
    point_step: int | None = None,
) -> np.dtype[Any]:
    """Give the structured dtype of a cloud's points.

    Args:
        fields: the cloud's fields. One with count n > 1 becomes n columns, `name_0` and so on.
        point_step: bytes a point; by default up to the end of the last field.

    Raises:
        AssertionError: a field without elements, or a name twice, as in the real package.
    """
    names: list[str] = []
    formats: list[np.dtype[Any]] = []
    offsets: list[int] = []
    for number, each in enumerate(fields):
        assert each.count > 0, f'field {each.name!r} has count 0; expected 1 or more'
        dtype = _DTYPES[each.datatype]
        name = each.name or f'{DUMMY_FIELD_PREFIX}_{number}'
        for element in range(each.count):
            column = name if each.count == 1 else f'{name}_{element}'
            assert column not in names, f'field {column!r} comes twice; expected distinct names'
            names.append(column)
            formats.append(dtype)
            offsets.append(each.offset + element * dtype.itemsize)
    layout: Any = {'names': names, 'formats': formats, 'offsets': offsets}
    if point_step is not None:
        layout['itemsize'] = point_step
    dtype_of_points: np.dtype[Any] = np.dtype(layout)
    return dtype_of_points


def _structured(
    points: Iterable[Any],
    fields: Sequence[PointField],
    dtype: np.dtype[Any],
) -> NDArray[Any]:
    """Give points as a structured array, or raise an AssertionError where they cannot be one."""
    if not isinstance(points, np.ndarray):
        return np.array([tuple(point) for point in points], dtype)
    if points.dtype.names is None:
        types = {field.datatype for field in fields}
        assert len(types) == 1, \
            f'plain numbers for fields of datatypes {types}; expected a structured array'
        return recfunctions.unstructured_to_structured(points, dtype)
    assert points.dtype == dtype, f'points are {points.dtype}; the fields say {dtype}'
    return points


def create_cloud(
    header: Header,
    fields: Sequence[PointField],
    points: Iterable[Any],
    point_step: int | None = None,
) -> PointCloud2:
    """Make a cloud.

    Args:
        header: header of the message.
        fields: the points' fields.
        points: (N,) structured array of just these fields, which is the fast way; or (N, F)
            numbers where all fields are of one type; or an iterable of tuples. A structured array
            may have two dimensions, (width, height) as in the real package.
        point_step: bytes a point; by default up to the end of the last field.

    Raises:
        AssertionError: array and fields do not go together, as in the real package.
    """
    dtype = dtype_from_fields(fields, point_step)
    structured = _structured(points, fields, dtype)
    assert structured.ndim <= 2, f'points of {structured.ndim} dimensions; expected 1 or 2'
    width = structured.shape[0]
    data = array.array('B')
    data.frombytes(np.ascontiguousarray(structured).data.cast('B'))
    cloud = PointCloud2(
        header=header,
        height=structured.shape[1] if structured.ndim == 2 else 1,
        width=width,
        fields=fields,
        is_bigendian=sys.byteorder == 'big',
        point_step=dtype.itemsize,
        row_step=dtype.itemsize * width,
        is_dense=False,
    )
    # By the property and not the constructor, which goes through the array value by value.
    cloud.data = data
    return cloud


def create_cloud_xyz32(header: Header, points: Iterable[Any]) -> PointCloud2:
    """Make a cloud of float32 x, y, z in metres from (N, 3) numbers."""
    fields = [PointField(name=name, offset=4 * number, datatype=PointField.FLOAT32, count=1)
              for number, name in enumerate('xyz')]
    return create_cloud(header, fields, points)


def read_points(
    cloud: PointCloud2,
    field_names: Sequence[str] | None = None,
    skip_nans: bool = False,
    uvs: Iterable[int] | None = None,
    reshape_organized_cloud: bool = False,
) -> NDArray[Any]:
    """Give the points of a cloud as a structured array.

    Args:
        cloud: the message.
        field_names: fields to read; by default all.
        skip_nans: leave out points with a NaN in any of the fields, unless the cloud says that it
            is dense.
        uvs: numbers of the points to read; by default all.
        reshape_organized_cloud: (width, height), as in the real package, where height is above 1.

    Returns:
        (N,) structured array; a view of the message's data where nothing is left out or swapped.

    Raises:
        AssertionError: not a cloud, or a field that it does not have.
    """
    assert isinstance(cloud, PointCloud2), f'{type(cloud).__name__} is not a PointCloud2'
    points: NDArray[Any] = np.ndarray(
        (cloud.width * cloud.height,), buffer=cloud.data,
        dtype=dtype_from_fields(cloud.fields, cloud.point_step))
    if field_names is not None:
        missing = [name for name in field_names if name not in (points.dtype.names or ())]
        assert not missing, f'fields {missing} are not in the cloud: {points.dtype.names}'
        points = points[list(field_names)]
    if bool(cloud.is_bigendian) != (sys.byteorder == 'big'):
        points = points.byteswap()  # a copy: the message stays as it came
    if skip_nans and not cloud.is_dense:
        known = [~np.isnan(points[name]) for name in points.dtype.names or ()]
        points = points[np.logical_and.reduce(known)]
    if uvs is not None:
        points = points[uvs if isinstance(uvs, np.ndarray) else np.fromiter(uvs, int)]
    if reshape_organized_cloud and cloud.height > 1:
        points = points.reshape(cloud.width, cloud.height)
    return points


def read_points_numpy(
    cloud: PointCloud2,
    field_names: Sequence[str] | None = None,
    skip_nans: bool = False,
    uvs: Iterable[int] | None = None,
    reshape_organized_cloud: bool = False,
) -> NDArray[Any]:
    """Give fields of one type as a plain array, (N, F); arguments as for `read_points`."""
    points = read_points(cloud, field_names, skip_nans, uvs, reshape_organized_cloud)
    types = {points.dtype[name] for name in points.dtype.names or ()}
    assert len(types) == 1, f'fields of types {types}; expected one type. Use read_points instead'
    return recfunctions.structured_to_unstructured(points)
