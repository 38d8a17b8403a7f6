import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Fields, parseTemplate, type Template } from './cloudformation-template.ts'
import { templateFaults } from './template-faults.ts'

const text = readFileSync(new URL('../../lambda/synthesize-speech/template.yaml', import.meta.url), 'utf8')
const template = parseTemplate(text)

/** The template after one change, as somebody could make it by mistake. */
function changed(from: string, to: string): Template {
  expect(text).toContain(from)
  return parseTemplate(text.replace(from, to))
}

interface Statement {
  Effect: string
  Action: string | string[]
  Resource: unknown
  Condition?: Fields
}

/** Every identity policy's statements, wherever they are written. */
function statementsOf({ Resources }: Template): Statement[] {
  return Object.values(Resources).flatMap(({ Type, Properties = {} }) => {
    const inline = Properties['Policies'] as { PolicyDocument: { Statement: Statement[] } }[] | undefined
    const documents = [
      ...(inline ?? []).map(({ PolicyDocument }) => PolicyDocument),
      ...(Type === 'AWS::IAM::ManagedPolicy' || Type === 'AWS::IAM::Policy'
        ? [Properties['PolicyDocument'] as { Statement: Statement[] }]
        : []),
    ]
    return documents.flatMap(({ Statement: statements }) => statements)
  })
}

/** Actions for which AWS has no narrower resource, by the service authorization reference. */
const actionsWithoutResource = new Set(['polly:SynthesizeSpeech'])

/** What a statement allows too much; empty = nothing. */
function policyFaults(checked: Template): string[] {
  const faults = statementsOf(checked).flatMap(({ Action, Resource, Condition }) => {
    const actions = [Action].flat()
    const resources = [Resource].flat()
    return [
      ...actions.filter((action) => action.includes('*')),
      ...(resources.includes('*') &&
      !(actions.every((action) => actionsWithoutResource.has(action)) && Condition !== undefined)
        ? [`* for ${actions.join()}`]
        : []),
    ]
  })
  const managed = Object.values(checked.Resources).flatMap(
    ({ Properties = {} }) => (Properties['ManagedPolicyArns'] as unknown[] | undefined) ?? [],
  )
  return [...faults, ...managed.map((one) => `managed policy ${JSON.stringify(one)}`)]
}

describe('the template of synthesize-speech', () => {
  it('has nothing that CloudFormation or SAM would refuse', () => {
    expect(templateFaults(template)).toEqual([])
  })

  it.each([
    ['MemorySize: 512', 'MemorySise: 512', 'SpeechFunction: MemorySise is unknown'],
    ['MemorySize: 512', 'MemorySize: much', 'SpeechFunction.MemorySize: "much" is no number'],
    ['Type: AWS::SNS::Topic', 'Type: AWS::SNS::Topik', 'AlarmTopic: no resource type AWS::SNS::Topik'],
    ['KeyType: API_KEY,', 'KeyType: KEY,', 'UsagePlanKey.KeyType: "KEY" is none of API_KEY'],
    [
      '[{ Key: Project, Value: ura',
      '[{ Name: Project, Value: ura',
      'SpeechRole.Tags[0]: not a Key and a Value',
    ],
    ['      HttpMethod: GET\n', '', 'SpeakMethod: HttpMethod is missing'],
    ['KeyType: API_KEY, ', '', 'UsagePlanKey: KeyType is missing'],
    ['ResourcePath: /*', 'Resourcepath: /*', 'SpeechStage.MethodSettings[0]: Resourcepath is unknown'],
    ['!GetAtt SpeechApi.RootResourceId', '!GetAtt SpeechApi.Root', 'SpeechApi has no attribute Root'],
    ['DeploymentId: !If [UsesIam,', 'DeploymentId: !If [UsesNothing,', 'no condition UsesNothing'],
    ['Value: !Ref CallerPolicy', 'Value: !Ref Policy', 'nothing is called Policy'],
    ['functions/${SpeechFunction.Arn}', 'functions/${Function.Arn}', 'nothing is called Function'],
    ['Threshold: !Ref DailyCharacters', 'Threshold: 5', 'parameter DailyCharacters is never used'],
  ])('would be found out with %j as %j', (from, to, fault) => {
    expect(templateFaults(changed(from, to))).toContain(fault)
  })

  it('lets the function speak and write its own log, and its caller call it, and nothing else', () => {
    const actions = statementsOf(template).flatMap(({ Action }) => Action)
    expect(actions.toSorted()).toEqual([
      'execute-api:Invoke',
      'lambda:InvokeFunction',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'polly:SynthesizeSpeech',
    ])
    expect(policyFaults(template)).toEqual([])
  })

  it.each([
    ['Action: polly:SynthesizeSpeech', "Action: 'polly:*'", 'polly:*'],
    ['Resource: !GetAtt SpeechLogGroup.Arn', "Resource: '*'", '* for logs:CreateLogStream,logs:PutLogEvents'],
    [
      'Action: lambda:InvokeFunction\n            Resource: !GetAtt SpeechFunction.Arn',
      "Action: lambda:InvokeFunction\n            Resource: '*'",
      '* for lambda:InvokeFunction',
    ],
    [
      "                Condition:\n                  StringEquals: { 'aws:RequestedRegion': !Ref 'AWS::Region' }\n",
      '',
      '* for polly:SynthesizeSpeech',
    ],
  ])('would be found too generous with %j as %j', (from, to, fault) => {
    expect(policyFaults(changed(from, to))).toContain(fault)
  })

  it('asks for authorisation on every route, whatever the parameter', () => {
    const methods = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::ApiGateway::Method')
    expect(methods).toHaveLength(1)
    for (const { Properties } of methods) {
      expect(Properties).toMatchObject({
        AuthorizationType: { 'Fn::If': ['UsesIam', 'AWS_IAM', 'NONE'] },
        ApiKeyRequired: { 'Fn::If': ['UsesIam', false, true] },
      })
    }
    expect(template.Parameters['Authorization']).toMatchObject({
      Default: 'IAM',
      AllowedValues: ['IAM', 'API_KEY'],
    })
    // No way in beside the API: neither an event of the function's own nor a URL.
    expect(template.Resources['SpeechFunction']?.Properties).not.toHaveProperty('Events')
    expect(template.Resources['SpeechFunction']?.Properties).not.toHaveProperty('FunctionUrlConfig')
  })

  it('lets API Gateway call the function for this route alone', () => {
    const permissions = Object.values(template.Resources).filter(
      ({ Type }) => Type === 'AWS::Lambda::Permission',
    )
    expect(permissions.map(({ Properties }) => Properties)).toEqual([
      expect.objectContaining({
        Principal: 'apigateway.amazonaws.com',
        SourceArn: {
          'Fn::Sub': expect.stringMatching(/:\$\{SpeechApi\}\/\$\{StageName\}\/GET\/$/) as string,
        },
      }),
    ])
  })

  it('throttles, keeps the log for a while, logs no address and watches four things beside the cost', () => {
    const { Resources } = template
    expect(Resources['SpeechStage']?.Properties?.['MethodSettings']).toEqual([
      expect.objectContaining({
        ThrottlingRateLimit: { Ref: 'ThrottleRate' },
        ThrottlingBurstLimit: { Ref: 'ThrottleBurst' },
        LoggingLevel: 'OFF',
        DataTraceEnabled: false,
      }),
    ])
    expect(Resources['SpeechStage']?.Properties).not.toHaveProperty('AccessLogSetting')
    expect(Resources['SpeechLogGroup']?.Properties?.['RetentionInDays']).toEqual({ Ref: 'LogRetentionDays' })
    const alarms = Object.values(Resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
    const metrics = alarms.map(({ Properties }) => Properties?.['MetricName'])
    expect(metrics).toEqual([
      { 'Fn::Sub': '${AWS::StackName}-failures' },
      'Errors',
      'Throttles',
      'Duration',
      'RequestCharacters',
    ])
  })

  it('has the parameters and defaults of docs/aws-polly.md, and the outputs that it speaks of', () => {
    const guide = readFileSync(new URL('../../docs/aws-polly.md', import.meta.url), 'utf8')
    const rows = [...guide.matchAll(/^\| `([A-Z]\w+)` \| (?:`(\w+)`|vazio) \|/gm)]
    const documented = rows.map(([, name = '', value = '']) => [name, value])
    const actual = Object.entries(template.Parameters).map(([name, { Default }]) => [name, String(Default)])
    expect(documented).toEqual(actual)
    const outputs = [...guide.matchAll(/VALOR-DE-(\w+)/g)].map(([, name = '']) => name)
    expect(new Set(outputs)).toEqual(new Set(Object.keys(template.Outputs)))
  })

  it('explains every parameter', () => {
    const unexplained = Object.entries(template.Parameters).filter(
      ([, { Description }]) => typeof Description !== 'string' || Description.length < 15,
    )
    expect(unexplained).toEqual([])
  })
})
