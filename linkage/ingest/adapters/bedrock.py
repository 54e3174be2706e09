"""Amazon Bedrock: logs of model invocations, as they lie in S3 or come from a table over it."""

from linkage.ingest.adapters.adapter import Adapter, fields, mapping

ADAPTER = Adapter(
    name="bedrock",
    title="Amazon Bedrock model invocation logs",
    follows="Amazon Bedrock User Guide: Monitor model invocation using CloudWatch Logs and Amazon S3",
    marks=("schemaType == 'ModelInvocationLog'", "modelId", "timestamp"),
    tables={
        "interactions": mapping(
            columns=fields(
                account="json(requestMetadata).user_id | json(requestMetadata).userId"
                " | split(identity.arn, '/', `-1`)",
                at="timestamp",
                interaction="requestId",
                prompt="input.inputBodyJson",
                model="modelId",
                input_tokens="input.inputTokenCount",
                output_tokens="output.outputTokenCount",
                finish_reason="json(output.outputBodyJson).stop_reason"
                " | json(output.outputBodyJson).stopReason"
                " | json(output.outputBodyJson).choices[0].finish_reason"
                " | json(output.outputBodyJson).results[0].completionReason",
                response_sha256="text_hash(answer(json(output.outputBodyJson)))",
            )
        )
    },
    lacks="addresses and clients, which CloudTrail has; sign-ups, payments; bodies of more than 100 kB, which"
    " lie in files of their own. The account is the session of the role or the IAM user, unless the request"
    " carries a user_id in its metadata",
)
