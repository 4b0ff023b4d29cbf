"""
Where MiniStack 1.5.33 and AWS's documentation disagree in what Onetrack relies on, AWS is right: the emulator's source is corrected as it is loaded.
This is the whole list. Each names the documentation; each text must be there exactly once, or MiniStack does not start.
"""

CORRECTIONS = {
    "ministack.core.lambda_runtime": [
        {
            # "errorType: the error's name" (Lambda, "Node.js function errors"). The worker hands on the message alone.
            "wrong": 'status: "error", error: String(err.message || err), trace: err.stack || ""',
            "right": 'status: "error", error: String(err.message || err), errorType: String(err.name || "Error"), trace: err.stack || ""',
        },
        {
            # A function that throws keeps its execution environment (Lambda, "Execution environment life cycle"). The worker is killed.
            "wrong": 'if response.get("status") == "error":\n                proc, self._proc',
            "right": 'if response.get("status") == "error" and "errorType" not in response:\n                proc, self._proc',
        },
    ],
    "ministack.services.lambda_svc": [
        {
            # The other end of the first: Step Functions matches ErrorEquals with errorType ("Handling errors", lambda:invoke).
            "wrong": 'error_msg = result.get("error", "Unknown error")\n            error_type = "Runtime.HandlerError"\n            if _RIE',
            "right": 'error_msg = result.get("error", "Unknown error")\n            error_type = result.get("errorType", "Runtime.HandlerError")\n            # "Runtime exited with error: signal: killed, Runtime.ExitError" (Lambda, "Troubleshoot invocation issues").\n            if error_msg == "Worker process died":\n                error_type = "Runtime.ExitError"\n            if _RIE',
        },
    ],
    "ministack.services.apigateway": [
        {
            # "Format 2.0 includes a new cookies field. All cookie headers in the request are [...] added to the cookies field" (HTTP APIs, "Working with AWS Lambda proxy integrations").
            # They came among the headers.
            "wrong": '        "pathParameters": path_params,\n        "isBase64Encoded": req_is_base64,\n    }\n    # Real AWS omits body entirely',
            "right": '        "pathParameters": path_params,\n        "isBase64Encoded": req_is_base64,\n    }\n    if "cookie" in event["headers"]:\n        event["cookies"] = [c.strip() for c in event["headers"].pop("cookie").split(";")]\n    # Real AWS omits body entirely',
        },
    ],
    "ministack.services.stepfunctions": [
        {
            # A task that waits for its token fails when the call fails ("Service integration patterns", "Handling errors"). Swallowed: it waits on.
            # Unless the token was answered before the function failed: then the task is over already. `called`: for the instruments below.
            "wrong": "            _call_lambda(func_ref, lambda_payload)\n        except _ExecutionError:\n            pass\n",
            "right": "            _call_lambda(func_ref, lambda_payload)\n            waiting[\"called\"] = True\n        except _ExecutionError:\n            if not evt.is_set():\n                _task_tokens.pop(token, None)\n                raise\n",
        },
        {
            # "The token is unique to each task" ("Context object": Task.Token); a retry is a new attempt with a token of its own. All attempts had one.
            "wrong": '        ctx["State"]["RetryCount"] = sum(retry_counts.values())\n        if query_language != "JSONata":\n            effective',
            "right": '        ctx["State"]["RetryCount"] = sum(retry_counts.values())\n        if is_callback:\n            ctx["Task"] = {"Token": new_uuid()}\n            execution["waitingToken"] = ctx["Task"]["Token"]\n        if query_language != "JSONata":\n            effective',
        },
        {
            # SendTaskSuccess, "TaskTimedOut: the task token has either expired or the task associated with the token has already been closed".
            # The token of a stopped execution was accepted.
            "wrong": '    execution["status"] = "ABORTED"\n',
            "right": '    execution["status"] = "ABORTED"\n    _task_tokens.pop(execution.get("waitingToken"), None)\n',
        },
        {
            # StartExecution "is idempotent for STANDARD workflows: [...] with the same name and input as a running execution [...] the call succeeds and returns the same response".
            "wrong": "    if exec_arn in _executions:\n        return error_response_json(",
            "right": '    running = _executions.get(exec_arn)\n    if running and running["status"] == "RUNNING" and running["input"] == data.get("input", "{}"):\n        return json_response({"executionArn": exec_arn, "startDate": running["startDate"]})\n    if exec_arn in _executions:\n        return error_response_json(',
        },
        {
            # An answer is accepted once; between the first and the moment the execution goes on, a second was accepted too.
            "wrong": '    info["result"] = output\n    info["event"].set()',
            "right": '    _task_tokens.pop(token, None)\n    info["result"] = output\n    info["event"].set()',
        },
        {
            "wrong": '        "Cause": data.get("cause", ""),\n    }\n    info["event"].set()',
            "right": '        "Cause": data.get("cause", ""),\n    }\n    _task_tokens.pop(token, None)\n    info["event"].set()',
        },
        {
            # The other end of both: the waiting thread finds its answer where it put it.
            "wrong": '    timeout = state_def.get("TimeoutSeconds", 99999)\n    if not evt.wait(timeout=timeout):\n        _task_tokens.pop(token, None)\n        raise _ExecutionError("States.Timeout",\n                              "Task timed out waiting for callback")\n\n    info = _task_tokens.pop(token, {})\n',
            "right": '    timeout = state_def.get("TimeoutSeconds", 99999)\n    if not evt.wait(timeout=timeout):\n        _task_tokens.pop(token, None)\n        raise _ExecutionError("States.Timeout",\n                              "Task timed out waiting for callback")\n\n    info = waiting\n',
        },
        {
            "wrong": '    evt = threading.Event()\n    _task_tokens[token] = {\n        "event": evt, "result": None, "error": None, "heartbeat": None}\n\n    clean_resource',
            "right": '    evt = threading.Event()\n    waiting = _task_tokens[token] = {\n        "event": evt, "result": None, "error": None, "heartbeat": None}\n\n    clean_resource',
        },
    ],
    "ministack.services.cloudformation.provisioners": [
        {
            # AWS::S3::Bucket, ObjectLockEnabled and ObjectLockConfiguration: ignored.
            "wrong": '    _s3_apply_configurations(name, props)\n    return name, _s3_attrs(name)\n\n\ndef _s3_update',
            "right": '    _s3_apply_configurations(name, props)\n    if str(props.get("ObjectLockEnabled", "")).lower() == "true":\n        rule = ((props.get("ObjectLockConfiguration") or {}).get("Rule") or {}).get("DefaultRetention")\n        _s3._bucket_versioning[name] = "Enabled"\n        _s3._bucket_object_lock[name] = {\n            "enabled": True,\n            "default_retention": rule and {k: rule[k] if k == "Mode" else int(rule[k]) for k in rule},\n        }\n    return name, _s3_attrs(name)\n\n\ndef _s3_update',
        },
    ],
}

# What it is watched by, and what is broken in it on purpose while the file of faults is there: else nothing of what it does is changed.
INSTRUMENTS = {
    "ministack.core.lambda_runtime": [
        {
            # Further arguments for the Node of functions: a module that is loaded before them. NODE_OPTIONS is the function's own.
            "wrong": "            [binary, worker_path],\n",
            "right": '            [binary, *os.environ.get("MINISTACK_NODE_ARGUMENTS", "").split(), worker_path],\n',
        },
    ],
    "ministack.services.lambda_svc": [
        {
            # Records of a table's stream come again, with earlier ones, in any order.
            "wrong": '            event = {"Records": batch}\n',
            "right": '            event = {"Records": _disordered(batch)}\n',
        },
        {
            "wrong": "def _poll_dynamodb_streams():\n",
            "right": 'def _disordered(batch):\n    import random\n    if not os.path.exists(os.environ.get("ONETRACK_FAULTS", "")):\n        return batch\n    earlier = getattr(_disordered, "earlier", [])\n    _disordered.earlier = batch\n    again = random.sample(batch, (len(batch) + 1) // 2) + earlier\n    with open(os.environ["ONETRACK_FAULTS_DONE"], "a") as done:\n        done.writelines("again stream\\n" for _ in again)\n    disordered = batch + again\n    random.shuffle(disordered)\n    return disordered\n\n\ndef _poll_dynamodb_streams():\n',
        },
        {
            # How many calls of functions have begun.
            "wrong": "        _inflight_total += 1\n    return key, None\n",
            "right": "        _inflight_total += 1\n        executions_in_flight.begun = getattr(executions_in_flight, \"begun\", 0) + 1\n    return key, None\n",
        },
    ],
    "ministack.services.stepfunctions": [
        {
            # Executions that run: those that wait for the answer to a token, and those that do something.
            "wrong": "def _scaled_sleep(seconds):\n",
            "right": "def running_executions():\n    tokens = {key[2] for key, task in list(_task_tokens._data.items()) if task.get(\"called\")}\n    found = {\"waiting\": [], \"moving\": []}\n    for (_, _, arn), e in list(_executions._data.items()):\n        if e[\"status\"] == \"RUNNING\":\n            found[\"waiting\" if e.get(\"waitingToken\") in tokens else \"moving\"].append(arn)\n    return found\n\n\ndef _scaled_sleep(seconds):\n",
        },
    ],
    "ministack.services.ses_v2": [
        {
            # A mail's own headers are kept with it.
            "wrong": '            "Type": "v2.SendEmail",\n        }\n        if tpl:',
            "right": '            "Type": "v2.SendEmail",\n            "Raw": raw.get("Data", ""),\n        }\n        if tpl:',
        },
    ],
    "ministack.app": [
        {
            # Both of these, and how many functions run at the moment.
            "wrong": "def _handle_health_request(path: str, request_id: str):\n",
            "right": "def _activity():\n    from ministack.services import lambda_svc, stepfunctions\n    running = lambda_svc.executions_in_flight\n    return {\"running\": running()[0], \"begun\": getattr(running, \"begun\", 0), **stepfunctions.running_executions()}\n\n\ndef _handle_health_request(path: str, request_id: str):\n",
        },
        {
            "wrong": '                "auth": "enabled" if AUTH else "disabled",\n',
            "right": '                "auth": "enabled" if AUTH else "disabled",\n                "activity": _activity(),\n',
        },
        {
            # What was kept with a mail is told with it.
            "wrong": '                        "Type": rec["Type"],\n',
            "right": '                        "Type": rec["Type"],\n                        "Raw": rec.get("Raw", ""),\n',
        },
    ],
}
