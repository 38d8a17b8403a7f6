/** The GUI's numbers in `freepbxContexts`: a queue, an open and a closed Time Condition, one overridden by its feature code. */
export const freepbx = { queue: '700', open: '1', closed: '2', overriddenToOpen: '3' }

/**
 * What FreePBX 17 generates around a third-party dialplan, told in few lines: the variables that its modules read, set and
 * clear, and in which order (release/17.0 of queues: functions.inc/dialplan.php; timeconditions: functions.inc.php;
 * callrecording: functions.inc.php; core: Dialplan/macroUserCallerid.php; customappsreg: doDialplanHook).
 *
 * 7002 calls the helpdesk as a Custom Destination with Return, 7003 after an Inbound Route with the DID 4530000000 and an
 * IVR of the GUI. User events `QueueEntered` and `WentOn` tell what reached the queue and the destination after Return.
 */
export const freepbxContexts = `
exten => 7002,1,Goto(customdests,dest-1,1)
exten => 7003,1,MSet(__FROM_DID=4530000000,__IVR_CONTEXT=ivr-1)
 same => n,Goto(ura-helpdesk,s,1)

[customdests]
exten => dest-1,1,NoOp(Entering Custom Destination URA)
 same => n,Gosub(ura-helpdesk,s,1())
 same => n,NoOp(Returned from Custom Destination URA)
 same => n,UserEvent(WentOn)
 same => n,Hangup()

[macro-user-callerid]
exten => s,1,Set(AMPUSER=\${IF($["\${AMPUSER}" = ""]?\${CALLERID(number)}:\${AMPUSER})})
 same => n,Set(REALCALLERIDNUM=\${CALLERID(number)})
 same => n,Set(__TTL=\${IF($["foo\${TTL}" = "foo"]?64:$[\${TTL} - 1])})
 same => n,Return()

[macro-prepend-cid]
exten => s,1,Set(CALLERID(name)=\${ARG1}\${CALLERID(name)})
 same => n,Return()

[ext-queues]
exten => ${freepbx.queue},1,Gosub(macro-user-callerid,s,1())
 same => n,Answer()
 same => n,Set(__FROMQUEUEEXTEN=\${CALLERID(number)})
 same => n,Set(__NODEST=\${EXTEN})
 same => n,Set(QCIDPP=\${IF($[\${LEN(\${VQ_CIDPP})}>0]?"\${VQ_CIDPP}": )})
 same => n,Set(VQ_CIDPP=)
 same => n,ExecIf($["\${QCIDPP}"!=""]?Gosub(macro-prepend-cid,s,1(\${QCIDPP})))
 same => n,Set(QOPTIONS=\${IF($[\${LEN(\${VQ_OPTIONS})}>0]?\${VQ_OPTIONS}:t)})
 same => n,Set(VQ_OPTIONS=)
 same => n,Gosub(sub-record-check,s,1(q,${freepbx.queue},dontcare))
 same => n,Set(QAANNOUNCE=\${IF($[\${LEN(\${VQ_AANNOUNCE})}>0]?\${IF($["\${VQ_AANNOUNCE}"!="0"]?\${VQ_AANNOUNCE}: )}: )})
 same => n,Set(VQ_AANNOUNCE=)
 same => n,Set(QMAXWAIT=\${IF($[\${LEN(\${VQ_MAXWAIT})}>0]?\${VQ_MAXWAIT}:300)})
 same => n,Set(VQ_MAXWAIT=)
 same => n,UserEvent(QueueEntered,Announce: \${QAANNOUNCE},MaxWait: \${QMAXWAIT},Dest: \${VQ_DEST},Ivr: \${IVR_CONTEXT})
 same => n(qcall),Queue(suporte-ti,\${QOPTIONS},,\${QAANNOUNCE},\${QMAXWAIT})
 same => n,Gosub(sub-record-cancel,s,1())
 same => n,Set(__NODEST=)
 same => n,Set(QDEST=\${VQ_DEST})
 same => n,Set(VQ_DEST=)
 same => n(gotodest),GotoIf($["\${QDEST}"=""]?app-blackhole,hangup,1:\${CUT(QDEST,^,1)},\${CUT(QDEST,^,2)},\${CUT(QDEST,^,3)})

[app-blackhole]
exten => hangup,1,Hangup()

${timeCondition(freepbx.open, '*,*,*,*')}
${timeCondition(freepbx.closed, '*,*,31,feb')}
${timeCondition(freepbx.overriddenToOpen, '*,*,31,feb')}

[sub-record-cancel]
exten => s,1,Return()

[sub-record-check]
exten => s,1,GotoIf($[\${LEN(\${FROMEXTEN})}]?initialized)
 same => n,MSet(__REC_STATUS=INITIALIZED,__TIMESTR=\${STRFTIME(\${EPOCH},,%Y%m%d-%H%M%S)},__MON_FMT=wav)
 same => n,Set(__FROMEXTEN=\${IF($[\${LEN(\${AMPUSER})}]?\${AMPUSER}:unknown)})
 same => n(initialized),Set(REC_POLICY_MODE_SAVE=\${REC_POLICY_MODE})
 same => n,ExecIf($["\${BLINDTRANSFER}\${ATTENDEDTRANSFER}" != ""]?Set(REC_STATUS=NO))
 same => n,Gosub(recordcheck,1(\${ARG3},\${ARG1},\${ARG2}))
 same => n,Return()
exten => recordcheck,1,Goto(\${ARG1})
 same => n(dontcare),Return()
 same => n(yes),ExecIf($["\${REC_POLICY_MODE_SAVE}" = "NEVER" | "\${REC_POLICY_MODE}" = "NO" | "\${REC_STATUS}" = "RECORDING"]?Return())
 same => n,Set(__REC_POLICY_MODE=YES)
 same => n(startrec),Set(__CALLFILENAME=\${ARG2}-\${ARG3}-\${FROMEXTEN}-\${TIMESTR}-\${UNIQUEID})
 same => n,Set(_LOCAL_MIXMON_ID=\${TIMESTR}-\${UNIQUEID})
 same => n,MixMonitor(\${CALLFILENAME}.\${MON_FMT},ai(\${LOCAL_MIXMON_ID}))
 same => n,Set(__MIXMON_ID=\${LOCAL_MIXMON_ID})
 same => n,Set(__REC_STATUS=RECORDING)
 same => n,Set(CDR(recordingfile)=\${CALLFILENAME}.\${MON_FMT})
 same => n,Return()
`

function timeCondition(id: string, times: string): string {
  return `
[timeconditions](${id === freepbx.open ? '' : '+'})
exten => ${id},1,GotoIfTime(${times}?truestate)
 same => n(falsestate),GotoIf($["\${DB(TC/${id}):0:4}" = "true"]?truegoto)
 same => n(falsegoto),GotoIf($["\${TCRETURN}"!="RETURN"]?app-blackhole,hangup,1)
 same => n,Set(TCSTATE=false)
 same => n,Set(TCOVERRIDE=\${IF($["\${DB(TC/${id}):0:5}" = "false"]?true:false)})
 same => n,Return()
 same => n(truestate),GotoIf($["\${DB(TC/${id}):0:5}" = "false"]?falsegoto)
 same => n(truegoto),GotoIf($["\${TCRETURN}"!="RETURN"]?app-blackhole,hangup,1)
 same => n,Set(TCSTATE=true)
 same => n,Set(TCOVERRIDE=\${IF($["\${DB(TC/${id}):0:4}" = "true"]?true:false)})
 same => n,Return()`.replace('[timeconditions]()', '[timeconditions]')
}
