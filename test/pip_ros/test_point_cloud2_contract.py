"""What colorize_ros relies on in sensor_msgs_py, the real one or ours: whichever is installed."""

from __future__ import annotations

import array

import numpy as np
import pytest

pytest.importorskip('rclpy')
point_cloud2 = pytest.importorskip('sensor_msgs_py.point_cloud2')

from rclpy.serialization import deserialize_message, serialize_message  # noqa: E402
from sensor_msgs.msg import PointCloud2, PointField  # noqa: E402
from std_msgs.msg import Header  # noqa: E402

pytestmark = pytest.mark.ros

FLOAT = PointField.FLOAT32
XYZ = [PointField(name=n, offset=4 * i, datatype=FLOAT, count=1) for i, n in enumerate('xyz')]
XYZRGB = [*XYZ, PointField(name='rgb', offset=16, datatype=FLOAT, count=1)]
HEADER = Header(frame_id='camera_depth_optical_frame')


def some_points(fields, count=5, point_step=None):
    dtype = point_cloud2.dtype_from_fields(fields, point_step)
    points = np.zeros(count, dtype)
    for number, name in enumerate(dtype.names):
        points[name] = np.arange(count) + 10 * number
    return points


def test_dtype_has_the_fields_names_types_and_offsets():
    dtype = point_cloud2.dtype_from_fields(XYZRGB)
    assert dtype.names == ('x', 'y', 'z', 'rgb')
    assert [dtype.fields[name] for name in dtype.names] == [
        (np.dtype('f4'), offset) for offset in (0, 4, 8, 16)]
    assert dtype.itemsize == 20
    assert point_cloud2.dtype_from_fields(XYZRGB, point_step=32).itemsize == 32


@pytest.mark.parametrize(('datatype', 'expected'), [
    (PointField.INT8, 'i1'), (PointField.UINT8, 'u1'), (PointField.INT16, 'i2'),
    (PointField.UINT16, 'u2'), (PointField.INT32, 'i4'), (PointField.UINT32, 'u4'),
    (PointField.FLOAT32, 'f4'), (PointField.FLOAT64, 'f8')])
def test_dtype_of_each_datatype(datatype, expected):
    dtype = point_cloud2.dtype_from_fields(
        [PointField(name='v', offset=0, datatype=datatype, count=1)])
    assert dtype['v'] == np.dtype(expected)


def test_dtype_of_several_elements_and_of_no_name():
    dtype = point_cloud2.dtype_from_fields([
        PointField(name='normal', offset=0, datatype=FLOAT, count=3),
        PointField(name='', offset=12, datatype=FLOAT, count=1)])
    assert dtype.names == ('normal_0', 'normal_1', 'normal_2', 'unnamed_field_1')
    assert dtype.fields['normal_2'] == (np.dtype('f4'), 8)


@pytest.mark.parametrize('fields', [
    [XYZ[0], XYZ[0]],
    [PointField(name='x', offset=0, datatype=FLOAT, count=0)]])
def test_dtype_of_doubled_or_empty_fields_is_an_error(fields):
    with pytest.raises(AssertionError):
        point_cloud2.dtype_from_fields(fields)


def test_a_structured_array_becomes_a_cloud():
    points = some_points(XYZRGB)
    cloud = point_cloud2.create_cloud(HEADER, XYZRGB, points)
    assert isinstance(cloud, PointCloud2)
    assert cloud.header == HEADER
    assert list(cloud.fields) == XYZRGB
    assert (cloud.width, cloud.height) == (5, 1)
    assert (cloud.point_step, cloud.row_step) == (20, 100)
    assert cloud.is_bigendian is False
    assert cloud.is_dense is False
    assert isinstance(cloud.data, array.array)
    assert cloud.data.typecode == 'B'
    assert cloud.data.tobytes() == points.tobytes()


def test_a_cloud_goes_over_the_wire_and_back():
    points = some_points(XYZRGB)
    sent = serialize_message(point_cloud2.create_cloud(HEADER, XYZRGB, points))
    back = point_cloud2.read_points(deserialize_message(sent, PointCloud2))
    assert back.dtype == points.dtype
    np.testing.assert_array_equal(back, points)


def test_an_empty_cloud():
    cloud = point_cloud2.create_cloud(HEADER, XYZ, some_points(XYZ, 0))
    assert (cloud.width, cloud.height, len(cloud.data)) == (0, 1, 0)
    assert point_cloud2.read_points(cloud).shape == (0,)


def test_an_array_of_other_fields_is_an_error():
    with pytest.raises(AssertionError):
        point_cloud2.create_cloud(HEADER, XYZ, some_points(XYZRGB))


@pytest.mark.parametrize('make', [
    np.float32, lambda rows: [tuple(row) for row in rows], lambda rows: iter(rows.tolist())])
def test_plain_numbers_become_a_cloud(make):
    rows = np.arange(12, dtype=np.float32).reshape(4, 3)
    cloud = point_cloud2.create_cloud_xyz32(HEADER, make(rows))
    assert list(cloud.fields) == XYZ
    assert (cloud.width, cloud.height, cloud.point_step) == (4, 1, 12)
    np.testing.assert_array_equal(point_cloud2.read_points_numpy(cloud), rows)


def test_plain_numbers_for_fields_of_several_types_are_an_error():
    fields = [XYZ[0], PointField(name='label', offset=4, datatype=PointField.UINT8, count=1)]
    with pytest.raises(AssertionError):
        point_cloud2.create_cloud(HEADER, fields, np.zeros((3, 2), np.float32))


def test_an_organized_cloud_keeps_its_shape():
    points = some_points(XYZ, 6).reshape(3, 2)
    cloud = point_cloud2.create_cloud(HEADER, XYZ, points)
    assert (cloud.width, cloud.height, cloud.row_step) == (3, 2, 36)
    assert point_cloud2.read_points(cloud).shape == (6,)
    read = point_cloud2.read_points(cloud, reshape_organized_cloud=True)
    assert read.shape == (3, 2)
    np.testing.assert_array_equal(read, points)


def test_reading_only_some_fields_and_some_points():
    cloud = point_cloud2.create_cloud(HEADER, XYZRGB, some_points(XYZRGB))
    read = point_cloud2.read_points(cloud, field_names=['z', 'x'], uvs=[3, 0])
    assert read.dtype.names == ('z', 'x')
    assert read['x'].tolist() == [3, 0]
    assert read['z'].tolist() == [23, 20]
    with pytest.raises(AssertionError):
        point_cloud2.read_points(cloud, field_names=['intensity'])


def test_reading_leaves_out_nan_unless_the_cloud_is_dense():
    points = some_points(XYZ)
    points['y'][2] = np.nan
    cloud = point_cloud2.create_cloud(HEADER, XYZ, points)
    assert point_cloud2.read_points(cloud, skip_nans=True)['x'].tolist() == [0, 1, 3, 4]
    assert len(point_cloud2.read_points(cloud)) == 5
    assert len(point_cloud2.read_points(cloud, field_names=['x'], skip_nans=True)) == 5
    cloud.is_dense = True
    assert len(point_cloud2.read_points(cloud, skip_nans=True)) == 5


def test_reading_big_endian_data():
    points = some_points(XYZ)
    cloud = point_cloud2.create_cloud(HEADER, XYZ, points.byteswap())
    cloud.is_bigendian = True
    np.testing.assert_array_equal(point_cloud2.read_points(cloud), points)


def test_reading_what_is_not_a_cloud_is_an_error():
    with pytest.raises(AssertionError):
        point_cloud2.read_points(HEADER)
