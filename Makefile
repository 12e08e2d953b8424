# make setup      an environment in .venv, from Python 3 and the package index alone
# make demo       a bag through the real ROS 2 nodes: out/demo/index.html (BAG=... for another bag)
# make test       everything that CI checks
# make lint       ruff, mypy, import-linter
# make format     what ruff can mend by itself
# make tables     the README's tables and the YAML, from the parameters' dataclasses
# make demo-bag   renders the bag of the demo again: a drive on which the lights go out
# make benchmark  times of what is called often
# make clean      removes what make wrote, except the environments

PYTHON ?= python3
BAG ?=
VENV := .venv
NO_ROS := .venv-no-ros
BIN := $(VENV)/bin
EXTRAS := bags,datasets,detect,report,sim,train
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
ROS_WHEELS := 'ros-rclpy[fastrtps]' ros-diagnostic-msgs ros-lifecycle-msgs ros-sensor-msgs ros-std-msgs \
    ros-std-srvs
REQUIREMENTS := constraints.txt setup.py pip_ros/pyproject.toml

# An environment without ROS must not see the distribution that a shell has sourced.
WITHOUT_ROS := env -u PYTHONPATH -u AMENT_PREFIX_PATH

.PHONY: setup demo demo-bag test lint format tables benchmark clean

setup: $(VENV)/setup.done

$(VENV)/setup.done: $(REQUIREMENTS)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python $(PIP_INSTALL) setuptools
	$(BIN)/python $(PIP_INSTALL) --no-build-isolation --editable '.[$(EXTRAS),dev]'
	$(BIN)/python -c 'import rclpy' 2>/dev/null || $(BIN)/python $(PIP_INSTALL) $(ROS_WHEELS)
	$(BIN)/python -c 'import message_filters, sensor_msgs_py' 2>/dev/null || \
	    $(BIN)/python $(PIP_INSTALL) --no-build-isolation --editable ./pip_ros
	touch $@

$(NO_ROS)/setup.done: $(REQUIREMENTS)
	test -x $(NO_ROS)/bin/python || $(PYTHON) -m venv $(NO_ROS)
	$(WITHOUT_ROS) $(NO_ROS)/bin/python $(PIP_INSTALL) setuptools
	$(WITHOUT_ROS) $(NO_ROS)/bin/python $(PIP_INSTALL) --no-build-isolation \
	    --editable '.[$(EXTRAS),test]'
	touch $@

demo: $(VENV)/setup.done
	$(BIN)/colorize-ros demo $(if $(BAG),--bag '$(BAG)')

# The same bytes each time; takes minutes.
demo-bag: $(VENV)/setup.done
	rm -rf colorize_ros/evaluation/demo_night
	$(BIN)/colorize-ros simulate --out colorize_ros/evaluation/demo_night --scene-seed 17 \
	    --seconds 10 --back --light night --lights-out-s 5 --rate-hz 8 --width 480 --truth-every 8
	$(BIN)/python docs/sensor_sheet.py colorize_ros/evaluation/demo_night
	$(BIN)/python docs/memory_sheet.py colorize_ros/evaluation/demo_night

lint: $(VENV)/setup.done
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(VENV)/setup.done
	$(BIN)/ruff check --fix .

tables: $(VENV)/setup.done
	$(BIN)/python docs/update_tables.py

benchmark: $(VENV)/setup.done
	for file in benchmarks/*.py; do $(BIN)/python $$file || exit; done

# colcon build is one of the tests: test/test_package.py builds, and looks at what was installed.
test: lint $(NO_ROS)/setup.done
	$(WITHOUT_ROS) $(NO_ROS)/bin/python -m pytest -m 'not ros'
	$(BIN)/python -m pytest

clean:
	rm -rf build install log out *.egg-info pip_ros/build pip_ros/*.egg-info \
	    .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -not -path './.venv*' -prune -exec rm -rf {} +
