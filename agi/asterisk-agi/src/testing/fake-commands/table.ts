import * as channel from './channel.ts'
import type { FakeCommand } from './command.ts'
import * as database from './database.ts'
import * as dialplan from './dialplan.ts'
import { getData, waitForDigit } from './digits.ts'
import * as messages from './messages.ts'
import { controlStreamFile, getOption, streamFile } from './playback.ts'
import { recordFile } from './recording.ts'
import * as say from './say.ts'
import * as speech from './speech.ts'
import * as variables from './variables.ts'

/** How each command of Asterisk 22 is run, by its verb. */
export const FAKE_COMMANDS: Readonly<Record<string, FakeCommand>> = {
  ANSWER: channel.answer,
  'ASYNCAGI BREAK': channel.nothing,
  'CHANNEL STATUS': channel.channelStatus,
  'CONTROL STREAM FILE': controlStreamFile,
  'DATABASE DEL': database.databaseDel,
  'DATABASE DELTREE': database.databaseDelTree,
  'DATABASE GET': database.databaseGet,
  'DATABASE PUT': database.databasePut,
  EXEC: dialplan.exec,
  'GET DATA': getData,
  'GET FULL VARIABLE': variables.getFullVariable,
  'GET OPTION': getOption,
  'GET VARIABLE': variables.getVariable,
  GOSUB: dialplan.gosub,
  HANGUP: channel.hangup,
  NOOP: channel.nothing,
  'RECEIVE CHAR': messages.receiveChar,
  'RECEIVE TEXT': messages.receiveText,
  'RECORD FILE': recordFile,
  'SAY ALPHA': say.sayAlpha,
  'SAY DATE': say.sayMoment('date'),
  'SAY DATETIME': say.sayDateTime,
  'SAY DIGITS': say.sayDigits,
  'SAY NUMBER': say.sayNumber,
  'SAY PHONETIC': say.sayPhonetic,
  'SAY TIME': say.sayMoment('time'),
  'SEND IMAGE': messages.sendImage,
  'SEND TEXT': messages.sendText,
  'SET AUTOHANGUP': channel.setAutoHangup,
  'SET CALLERID': channel.setCallerId,
  'SET CONTEXT': dialplan.setPlace('context'),
  'SET EXTENSION': dialplan.setPlace('extension'),
  'SET MUSIC': channel.setMusic,
  'SET PRIORITY': dialplan.setPriority,
  'SET VARIABLE': variables.setVariable,
  'SPEECH ACTIVATE GRAMMAR': speech.changeGrammar('activate'),
  'SPEECH CREATE': speech.speechCreate,
  'SPEECH DEACTIVATE GRAMMAR': speech.changeGrammar('deactivate'),
  'SPEECH DESTROY': speech.speechDestroy,
  'SPEECH LOAD GRAMMAR': speech.loadGrammar,
  'SPEECH RECOGNIZE': speech.speechRecognize,
  'SPEECH SET': speech.speechSet,
  'SPEECH UNLOAD GRAMMAR': speech.changeGrammar('unload'),
  'STREAM FILE': streamFile,
  'TDD MODE': channel.tddMode,
  VERBOSE: channel.verbose,
  'WAIT FOR DIGIT': waitForDigit,
}
