"""Looks at commands of the AWS CLI as the API describes itself: service, operation, options and their values, and
whether --query finds anything in an answer that has every field.

Reads [[place, [argument, ...]], ...] as JSON, and writes what is wrong, a line for each. botocore holds the
descriptions; the CLI makes its commands of the same.
"""

import json
import re
import sys

import botocore.session
import jmespath
from botocore import xform_name
from botocore.validate import ParamValidator

# Options of the CLI itself, with how many values they take.
OF_THE_CLI = {"query": 1, "output": 1, "region": 1, "max-items": 1}
# Where the API says `version`, the CLI has another name, for `--version` asks for its own (awscli, argrename.py).
RENAMED = {"kubernetes-version": "version"}

SESSION = botocore.session.get_session()


def operation(service, name):
    model = SESSION.get_service_model(service)
    for candidate in model.operation_names:
        if xform_name(candidate, "-") == name:
            return model.operation_model(candidate)
    raise ValueError(f"{service} has no {name}")


def value(shape, words):
    """What the CLI makes of the words behind an option."""
    if shape.type_name == "boolean" and not words:
        return True
    if not words:
        raise ValueError("an option without a value")
    if shape.type_name in ("structure", "list", "map") and len(words) == 1 and words[0].startswith(("{", "[")):
        return json.loads(words[0])
    if shape.type_name == "list":
        if shape.member.type_name in ("structure", "map"):
            return [shorthand(shape.member, word) for word in words]
        return [scalar(shape.member, word) for word in words]
    if len(words) != 1:
        raise ValueError(f"{words[1]} belongs to nothing")
    return shorthand(shape, words[0]) if shape.type_name in ("structure", "map") else scalar(shape, words[0])


def shorthand(shape, word):
    """`a=1,b=2,3`: what has no name belongs to the name before it."""
    given = {}
    for part in word.split(","):
        name, equals, text = part.partition("=")
        if equals:
            given[name] = [text]
        else:
            given[list(given)[-1]].append(part)
    if shape.type_name == "map":
        return {name: texts[0] for name, texts in given.items()}
    unknown = [name for name in given if name not in shape.members]
    if unknown:
        raise ValueError(f"{shape.name} has no {unknown}")
    return {name: value(shape.members[name], texts) for name, texts in given.items()}


def scalar(shape, word):
    if not word:
        raise ValueError("a value is empty")
    if shape.type_name in ("integer", "long"):
        return int(word)
    if getattr(shape, "enum", None) and word not in shape.enum:
        raise ValueError(f"{word} is none of {shape.enum}")
    return word


def everything(shape, depth=0):
    """An answer that has every field."""
    if depth > 8:
        return {}
    if shape.type_name == "structure":
        return {name: everything(member, depth + 1) for name, member in shape.members.items()}
    if shape.type_name == "list":
        return [everything(shape.member, depth + 1)]
    if shape.type_name == "map":
        return {"a": everything(shape.value, depth + 1)}
    return 1 if shape.type_name in ("integer", "long", "float", "double") else "a"


def holes(found):
    if isinstance(found, dict):
        found = list(found.values())
    return any(map(holes, found)) if isinstance(found, list) and found else found in (None, [], {})


def look(arguments):
    service, name, *rest = arguments
    model = operation(service, name)
    members = {xform_name(member, "-"): member for member in model.input_shape.members} if model.input_shape else {}
    options, current = {}, None
    for word in rest:
        if re.match(r"--[a-z]", word):
            current = options.setdefault(word[2:], [])
        elif current is None:
            raise ValueError(f"{word} belongs to no option")
        else:
            current.append(word)
    parameters = {}
    for option, words in options.items():
        if option in OF_THE_CLI:
            if len(words) != OF_THE_CLI[option]:
                raise ValueError(f"--{option} {words}")
            continue
        negated = option.startswith("no-") and option[3:] in members
        known = option[3:] if negated else option
        if known not in members:
            known = RENAMED.get(known, known)
        if known not in members:
            raise ValueError(f"{name} has no --{option}")
        member = members[known]
        parameters[member] = False if negated else value(model.input_shape.members[member], words)
    report = ParamValidator().validate(parameters, model.input_shape)
    if report.has_errors():
        raise ValueError(report.generate_report())
    if "query" in options and holes(jmespath.search(options["query"][0], everything(model.output_shape))):
        raise ValueError(f"the answer has not all of {options['query'][0]}")


for place, arguments in json.load(sys.stdin):
    try:
        look(arguments)
    except Exception as problem:  # whatever it is, it is about this command
        print(f"{place}: aws {' '.join(arguments)}: {problem}")
